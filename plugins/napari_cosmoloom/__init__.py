"""The cosmoloom explorer as a napari plugin."""
