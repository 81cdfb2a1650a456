"""Exact engines, one file each: they look for better schedules and claim that there is none."""
