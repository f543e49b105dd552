from cosmoloom.data.readers.boxes import open_box as open_box
