"""Makes the sentence encoder that is shipped: texts and pairs in, a sentence-transformers folder out."""
