"""Authoring: the text sources in ``content/`` become notebooks, labs and solutions.

``python -m serverless_course.authoring build`` builds, ``check`` finds drift, ``new`` starts a
lesson or a lab. ``content/README.md`` says how to write one.
"""
