"""Complaints (投诉) to the finance department: filed, reviewed, answered, decided; a purchase suspended meanwhile."""
