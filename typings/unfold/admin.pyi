from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from unfold.datasets import BaseDataset

class ModelAdmin(admin.ModelAdmin[Any]):
    formfield_overrides: ClassVar[Any]
    compressed_fields: bool
    warn_unsaved_form: bool
    change_form_show_cancel_button: bool
    list_filter_submit: bool
    list_filter_sheet: bool
    list_fullwidth: bool
    list_disable_select_all: bool
    list_before_template: str | None
    list_after_template: str | None
    change_form_before_template: str | None
    change_form_after_template: str | None
    conditional_fields: dict[str, str]
    actions_list: Sequence[Any]
    actions_row: Sequence[Any]
    actions_detail: Sequence[Any]
    actions_submit_line: Sequence[Any]
    change_form_datasets: Sequence[type[BaseDataset]]
    def _create_formsets(self, request: HttpRequest, obj: Any, change: bool) -> Any: ...

class StackedInline(admin.StackedInline[Any, Any]):
    formfield_overrides: ClassVar[Any]
    tab: bool
    collapsible: bool
    hide_title: bool
    per_page: int | None

class TabularInline(admin.TabularInline[Any, Any]):
    formfield_overrides: ClassVar[Any]
    tab: bool
    collapsible: bool
    hide_title: bool
    per_page: int | None
