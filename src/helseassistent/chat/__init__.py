"""What a citizen sees: the words, the rendered replies and the page that serves them."""
