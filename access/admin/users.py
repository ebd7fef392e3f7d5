"""Users and groups in the look of the rest of the admin."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

admin.site.unregister(User)
admin.site.unregister(Group)


@admin.register(User)
class UserAdmin(DjangoUserAdmin, ModelAdmin):  # type: ignore[type-arg]
    """People and machines that sign in."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "email", "group_names", "is_active", "is_staff", "last_login")
    list_filter = ("groups", "is_active", "is_staff")
    compressed_fields = True

    @display(description=_("groups"), label=True)
    def group_names(self, user: User) -> list[str]:
        """Return what the user may do, by group."""
        names = [group.name for group in user.groups.all()]
        return ["superuser", *names] if user.is_superuser else names

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Load the groups of all listed users at once."""
        users: QuerySet[User] = super().get_queryset(request)
        return users.prefetch_related("groups")


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, ModelAdmin):
    """Roles of staff: what a member of the group may do."""
