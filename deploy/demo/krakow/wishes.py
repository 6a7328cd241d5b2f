"""In which of the nine categories a Polish project falls, by words of its name; what has none of them is charity."""

WORDS = (
    ("education", ("szkoł", "przedszkol", "sp nr", "sp66", "edukac", "warsztat", "nauk", "bibliot", "uczą")),
    ("health_elderly", ("senior", "zdrow", "defibr", "60+", "aktywni na plus")),
    ("disaster_prevention", ("bezpiecz", "strażak", "osp", "ratown", "oświetl", "monitoring")),
    ("culture_sports", ("sport", "boisk", "piłk", "joga", "tanecz", "koncert", "festyn", "plac zabaw", "park", "liga")),
    ("integration", ("integrac", "sąsied", "mieszkańc", "klub")),
)


def category_of(name: str) -> str:
    lowered = name.lower()
    return next((category for category, words in WORDS if any(word in lowered for word in words)), "charity")
