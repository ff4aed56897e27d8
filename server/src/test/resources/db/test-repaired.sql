--liquibase formatted sql

--changeset palisade:repaired
CREATE TABLE after_the_broken_one (id INT) ENGINE=InnoDB;
