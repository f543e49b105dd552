"""The networks of perraudin2019: M3 makes 32^3 voxels from noise, M2 and M1 refine them patch by patch.

Spectral normalisation keeps the critics' convolutions in bounds; their dense layers, and the generators, are free.
Weights begin as Xavier's, biases at 0.
"""
