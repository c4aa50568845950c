-- Numbers whose caller reputation is of a business: a business that has some cannot be deleted.
create index numbers_profile on numbers ((details->>'profileUuid')) where details ? 'profileUuid';
