"""Drafts of declarations: from answers to one small, judged file, before anything is written."""
