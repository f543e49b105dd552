"""What several processes or machines make together, on Dask: ensembles of samples and very large volumes.

Workers need this package, the same models, and the file system that the output goes to.  Every job writes one chunk of
its own and says nothing else, so a job of a worker that was lost is simply done again by another one.
"""
