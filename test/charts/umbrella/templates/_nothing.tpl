{{/* An umbrella chart has nothing of its own; Helm wants the folder. */}}
