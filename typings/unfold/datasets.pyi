from typing import Any

from django.db.models import Model

class BaseDataset:
    tab: bool
    title: Any
    model: type[Model]
    model_admin: Any
