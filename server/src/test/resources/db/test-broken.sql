--liquibase formatted sql

--changeset palisade:broken
CREATE TABLE after_the_broken_one (id INT REFERENCES;
