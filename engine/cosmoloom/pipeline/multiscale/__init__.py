"""Volumes of any size: patch by patch as published, and without seams."""
