"""What cleaning does to a document, as a comparison of two of its states that nobody had to guess.

`snapshot` takes a document's text after a stage with its map to the source; `align` puts two snapshots side by side
through that map; `rows` makes lines of it, each with the rules that changed it; `hunks` picks what is worth showing;
`unified`, `terminal` and `page` write it.
"""
