"""ir -> the published portal: a folder of static pages in both languages that any web server can carry."""
