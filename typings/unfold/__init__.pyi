"""The parts of django-unfold we use, as types: its own annotations contradict django-stubs'."""
