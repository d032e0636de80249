-- Where the trace of a message began (W3C trace context, traceparent), written only while traces are sent somewhere. What people do later about the
-- message, in whatever process, goes on in that trace, and the console links to it.
create table message_trace (
    message_id bigint primary key references message (id) on delete cascade,
    trace_parent text not null check (length(trace_parent) = 55)
);
