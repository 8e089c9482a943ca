"""The parts of the ir, a module for each kind: from the parser's types and the document's facts."""
