"""The kinds of rewards: one file each, one class with one method that takes the reward."""
