"""The one catalog counter, and published versions that nobody edits: the database refuses.

Raised with the constraint's name, as a violated constraint would be.
"""

from django.db import migrations, models

FORWARD = """
INSERT INTO promotions_catalogstate (id, version) VALUES (1, 1) ON CONFLICT (id) DO NOTHING;

CREATE FUNCTION promotions_guard_catalog() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'the catalog counter cannot be deleted'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'catalog_counter_stays';
  END IF;
  IF NEW.version <= OLD.version THEN
    RAISE EXCEPTION 'catalog versions only go up: % after %', NEW.version, OLD.version
      USING ERRCODE = 'check_violation', CONSTRAINT = 'catalog_version_only_goes_up';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard_catalog BEFORE UPDATE OR DELETE ON promotions_catalogstate
  FOR EACH ROW EXECUTE FUNCTION promotions_guard_catalog();

CREATE FUNCTION promotions_guard_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'published version % cannot be deleted: orders were decided by it', OLD.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'published_version_stays';
  END IF;
  -- What may change: a version is closed, once; and the user who published it is deleted.
  IF (NEW.id, NEW.program_id, NEW.number, NEW.catalog_from, NEW.published_at)
       IS DISTINCT FROM
     (OLD.id, OLD.program_id, OLD.number, OLD.catalog_from, OLD.published_at)
     OR NEW.definition IS DISTINCT FROM OLD.definition
     OR (NEW.published_by_id IS DISTINCT FROM OLD.published_by_id
         AND NEW.published_by_id IS NOT NULL)
     OR (NEW.catalog_to IS DISTINCT FROM OLD.catalog_to AND OLD.catalog_to IS NOT NULL)
  THEN
    RAISE EXCEPTION 'published version % cannot be changed: publish a new one', OLD.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'published_version_never_changes';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard_version BEFORE UPDATE OR DELETE ON promotions_programversion
  FOR EACH ROW EXECUTE FUNCTION promotions_guard_version();
"""

BACKWARD = """
DROP TRIGGER guard_version ON promotions_programversion;
DROP FUNCTION promotions_guard_version();
DROP TRIGGER guard_catalog ON promotions_catalogstate;
DROP FUNCTION promotions_guard_catalog();
"""


class Migration(migrations.Migration):

    dependencies = [("promotions", "0002_program_switches")]

    operations = [
        migrations.AddConstraint(
            "catalogstate",
            models.CheckConstraint(
                name="one_catalog_counter", condition=models.Q(pk=1)
            ),
        ),
        migrations.AddConstraint(
            "programversion",
            models.CheckConstraint(
                name="version_closes_after_it_opens",
                condition=models.Q(catalog_to__isnull=True)
                | models.Q(catalog_to__gt=models.F("catalog_from")),
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
