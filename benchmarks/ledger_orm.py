"""The floor's tables as Django's models, for the plain ORM."""

from typing import Any, ClassVar

from django.db import models


class FloorCard(models.Model):
    """A card and its balance."""

    objects: ClassVar[models.Manager[Any]] = models.Manager()
    points = models.BigIntegerField()

    class Meta:
        """Somebody else's table."""

        app_label = "benchmarks"
        db_table = "floor_card"
        managed = False


class FloorLot(models.Model):
    """Points gained together."""

    objects: ClassVar[models.Manager[Any]] = models.Manager()
    card = models.ForeignKey(FloorCard, models.CASCADE)
    gain_date = models.DateField()
    expiration_date = models.DateField()
    initial_point = models.BigIntegerField()
    remaining_point = models.BigIntegerField()
    state = models.CharField(max_length=16)
    origin = models.CharField(max_length=64)

    class Meta:
        """Somebody else's table."""

        app_label = "benchmarks"
        db_table = "floor_lot"
        managed = False


class FloorHistory(models.Model):
    """A movement of a lot."""

    objects: ClassVar[models.Manager[Any]] = models.Manager()
    card = models.ForeignKey(FloorCard, models.CASCADE)
    lot = models.ForeignKey(FloorLot, models.CASCADE)
    points_amount = models.BigIntegerField()
    points_balance = models.BigIntegerField()
    transaction_time = models.DateTimeField()
    origin = models.CharField(max_length=64)

    class Meta:
        """Somebody else's table."""

        app_label = "benchmarks"
        db_table = "floor_history"
        managed = False
