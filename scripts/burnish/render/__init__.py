"""`Plan` -> {path: text}. Pure; the only room with jinja2."""
