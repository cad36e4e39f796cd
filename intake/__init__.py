"""The reference intake service: takes drafts in, gives each a receipt number, tells how far it is.

It stands for the city's platform and shares nothing with the rest but `consult/draft.schema.json`.
"""
