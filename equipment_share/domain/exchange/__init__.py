"""The formats that catalogues and logs travel in. Pure."""
