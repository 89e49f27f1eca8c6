"""A module of the package itself."""

VALUE = "from the package"
