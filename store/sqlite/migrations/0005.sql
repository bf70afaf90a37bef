-- What _summary=true shows of large versions, so that a list of them is not read whole.
create table brief (
  seq  integer primary key,                -- of the version
  body blob not null
) strict;
