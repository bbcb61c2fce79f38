"""Facts about Norwegian text: characters, sentences, words, bokmål and nynorsk. Pure functions."""
