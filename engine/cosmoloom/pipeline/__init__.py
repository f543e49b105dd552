"""What orchestrates networks: from a seed, a redshift and kappa to a box."""
