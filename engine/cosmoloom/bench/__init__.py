"""How fast it is here, beside what the processor could do."""
