The chat has a token.
