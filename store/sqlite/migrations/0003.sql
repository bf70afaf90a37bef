-- Long texts in bodies, such as the boundaries of areas, each kept once. A body that begins
-- with a zero byte lacks them, and says which come where.
create table content (
  id     integer primary key,
  digest blob not null unique,             -- SHA-256
  text   blob not null
) strict;
create table holds (
  rid     integer not null,                -- some version of it has the text
  content integer not null,
  primary key (rid, content)
) strict, without rowid;
create index holds_content on holds (content);
