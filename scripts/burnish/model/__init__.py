"""The nouns of burnish: frozen dataclasses and protocols, standard library only."""
