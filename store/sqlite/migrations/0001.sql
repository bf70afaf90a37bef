-- Dictionaries: what repeats in index rows is a small number there.
create table type (
  id   integer primary key,
  name text not null unique,
  live integer not null default 0          -- current resources of the type
) strict;
create table param (
  id   integer primary key,
  type integer not null,
  name text not null,
  bit  integer not null,                   -- number within the type: its place in resource.has
  unique (type, name)
) strict;
create table symbol (
  id   integer primary key,
  text text not null unique                -- systems of tokens and quantities
) strict;

-- The current state of each resource. A deleted one keeps its row, so that version numbers go on.
create table resource (
  rid     integer primary key,             -- in the order of creation
  type    integer not null,
  id      text    not null,
  version integer not null,
  seq     integer not null,                -- of the current version
  deleted integer not null,
  has0    integer not null,                -- bit set: has a value for that parameter
  has1    integer not null,
  unique (type, id)
) strict;
create index resource_rid on resource (type, deleted, rid);
create index resource_seq on resource (type, deleted, seq);

-- Every version ever; the current body is the one of resource.seq.
create table version (
  seq     integer primary key,             -- commit order
  rid     integer not null,
  number  integer not null,
  type    integer not null,
  updated integer not null,                -- milliseconds since 1970
  verb    integer not null,                -- 1 POST, 2 PUT, 3 DELETE
  cause   integer not null,
  meta    blob,
  body    blob                             -- null: a deletion, or erased
) strict;
create unique index version_number on version (rid, number);
create index version_type on version (type, seq);

create table moment (
  updated integer primary key,             -- time of a commit
  seq     integer not null                 -- of the last version in it
) strict;
create table cause (
  id     integer primary key,
  actor  text not null,
  reason text not null,
  unique (actor, reason)
) strict;
create table state (
  space text not null,
  key   text not null,
  value blob not null,
  primary key (space, key)
) strict, without rowid;

-- The index rows of a resource, packed, so that an update replaces only what changed.
create table indexed (
  rid  integer primary key,
  rows blob not null
) strict;

-- Index rows, keyed by what is searched. edge: 1 the smallest, 2 the largest value of its resource.
create table token (
  param  integer not null,
  code   text    not null,
  rid    integer not null,
  system integer not null,
  edge   integer not null,
  primary key (param, code, rid, system)
) strict, without rowid;
create table string (
  param integer not null,
  text  text    not null,                  -- folded
  rid   integer not null,
  exact text    not null,                  -- as written
  edge  integer not null,
  primary key (param, text, rid, exact)
) strict, without rowid;
create table reference (
  param   integer not null,
  id      text    not null,                -- of the target; an address when type is 0
  rid     integer not null,
  type    integer not null,                -- of the target; 0: not on this server
  version text    not null,                -- |version of a canonical
  edge    integer not null,
  primary key (param, id, rid, type, version)
) strict, without rowid;
create index reference_rid on reference (rid, param);
create table date (
  param integer not null,
  low   integer not null,                  -- milliseconds since 1970
  rid   integer not null,
  high  integer not null,
  edge  integer not null,
  primary key (param, low, rid, high)
) strict, without rowid;
create index date_high on date (param, high);
create table uri (
  param integer not null,
  text  text    not null,
  rid   integer not null,
  edge  integer not null,
  primary key (param, text, rid)
) strict, without rowid;
create table number (
  param  integer not null,
  low    real    not null,
  rid    integer not null,
  high   real    not null,
  system integer not null,
  code   text    not null,
  edge   integer not null,
  primary key (param, low, rid, high, system, code)
) strict, without rowid;
create table position (
  param integer not null,
  cell  integer not null,                  -- a square of 0.05 degrees
  rid   integer not null,
  lat   real    not null,
  lon   real    not null,
  x     real    not null,                  -- on the unit sphere, so that a distance needs no trigonometry
  y     real    not null,
  z     real    not null,
  primary key (param, cell, rid, lat, lon)
) strict, without rowid;
