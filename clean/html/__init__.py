"""HTML: from markup to blocks of text, each of which knows its place in the source, and which of them are content.

    tokens -> tree -> blocks -> features -> model -> segments

`tokens` finds tags and text in the source, `tree` lets a browser's parser arrange them, `blocks` cuts the text at
block-level borders, `features` describes each block in numbers, `model` scores them, `segments` renders what is kept.
"""
