-- Numbers from which no call is made (configuration file, do_not_originate): digits.
create table do_not_originate (
  number text primary key
);
