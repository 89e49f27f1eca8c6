"""Where functions run: namespaces of their own, made by a small process that starts them."""
