-- Months of details that are in files. `digest`: the sum of the hashes of the rows, in any order.
-- `sales` and `returns`: the ids of the orders and returns whose facts are in the file (`sales`:
-- of the operations, for point_report_detail), so that none is counted again when it comes again.
-- `state`: away, in the file alone; back, in its table again; deleted, the file too has gone.
CREATE TABLE report_archive (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    relation varchar(40) NOT NULL,
    month date NOT NULL,
    part smallint NOT NULL,
    rows bigint NOT NULL,
    digest numeric NOT NULL,
    columns text[] NOT NULL,
    file varchar(100) NOT NULL,
    size bigint NOT NULL,
    sha256 varchar(64) NOT NULL,
    sales int8multirange NOT NULL,
    returns int8multirange NOT NULL,
    state varchar(8) NOT NULL DEFAULT 'away',
    archived_at timestamptz NOT NULL,
    keep_until timestamptz,
    CONSTRAINT archive_part_once UNIQUE (relation, month, part),
    CONSTRAINT archive_state CHECK (state IN ('away', 'back', 'deleted'))
);
