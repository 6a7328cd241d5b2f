"""The committee of a tender: imported or drawn, without anybody who has to recuse."""
