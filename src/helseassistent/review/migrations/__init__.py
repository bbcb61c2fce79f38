"""How the log's database came to look as it does: one numbered file a change, run when a store is opened."""
