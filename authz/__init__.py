"""Who may do what to which rows and fields; imports nothing of ours, nor SQL nor HTTP."""
