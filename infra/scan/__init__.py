"""The static scan of the templates."""
