"""Where versions live: pure rules, and one module for each kind of gallery."""
