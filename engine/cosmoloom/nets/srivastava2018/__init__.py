"""The networks of srivastava2018: inception blocks of kernels 1^3, 3^3 and 5^3, whose channels are concatenated.

The thesis prints no widths: each kernel has ``width`` channels here, so that a block passes on three times as many.
Where a thesis's layer ends in one or two channels, a 1^3 convolution merges the block.  Critics end in 8^3 cells of
two channels and two dense layers, and use ReLU, as generators do.  Weights begin as Xavier's, biases at 0.
"""
