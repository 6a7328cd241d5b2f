"""The books again, in plain Python and from the rules' words alone: what funds should say, and what should stand.

Written without the code under test: dictionaries, integers, fractions. Each verb takes the books as they are by now and
answers with the types of the facts that should follow, or the code of the refusal.
"""
