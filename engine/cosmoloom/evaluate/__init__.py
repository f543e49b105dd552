"""How well a model does: its samples beside simulations that it never saw."""
