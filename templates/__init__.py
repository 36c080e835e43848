"""What goes into a workspace: the catalog, imported folders, and the records that all floors share."""
