"""What short rows are like, for `packing`: an example of each kind, the most frequent last.

Made up, and never to be changed: rows that were packed after it are kept for thirty days. A better one comes beside it, under another name;
zlib writes a checksum of it into each row, so that a row says which one it needs.
"""

SNAPSHOT = (
    b'{"takenAt":"2026-01-01T00:00:00.000000+00:00","agent":{"version":"0.1.0"},"deployments":{"c":{"id":"c","organizationId'
    b'":"c","generation":3,"observedGeneration":3,"healthy":true,"reason":"","address":"https://","style":null,"shadowStyle"'
    b':null,"components":[{"name":"api-server","state":"RUNNING","reason":""},{"name":"scheduler","state":"RUNNING","reason"'
    b':""},{"name":"dag-processor","state":"RUNNING","reason":""},{"name":"triggerer","state":"STOPPED","reason":""}],"highA'
    b'vailability":false,"queues":[{"name":"default","queued":0,"running":0,"min":0,"max":10,"concurrency":5,"cpu":1.0,"memo'
    b'ry":2.0,"workers":[{"id":"","state":"STARTING","busy":0,"idleSince":null,"freesIn":null},{"id":"","state":"RUNNING","b'
    b'usy":0,"idleSince":"2026-01-01T00:00:00+00:00","freesIn":null}],"ahead":[[0.0,300],[1.0,30]],"startSeconds":30.0,"span'
    b'Seconds":0,"next":{"dag":"","at":"2026-01-01T00:00:00Z","tasks":1}}],"nextRunAt":"2026-01-01T00:00:00Z","idleSince":"2'
    b'026-01-01T00:00:00Z"}'
)
LEASE = (
    b'{"generation":1,"issued_at":"2026-01-01T00:00:00.000000+00:00","expires_at":"2026-01-01T00:00:00.000000+00:00","queues'
    b'":1000,"targets":[["SILENT","default",0,1,"CLOSING OVER_CEILING AHEAD AT_CEILING ALL_BUSY JUST_IDLE PACKED IDLE DEMAND'
    b' RIGHT_SIZED","default",1,3,'
)
DECISIONS = (
    b'{"decided_at":"2026-01-01T00:00:00.000000+00:00","lease_generation":1,"names":["queue","action","cause","current","tar'
    b'get","queued","running","reason","inputs","style","is_shadow"],"rows":[["nothing is queued or running, at least 1 must'
    b" run; no worker is needed; 1 worker kept ready; the most that may; dag `` is due at 00:00:00; workers of 5 will be nee"
    b"ded in when running DAGs come to it, 1 too many in the next 42 s; what comes is packed on the busiest, idle and not ne"
    b'eded in the next, and none is idle: tasks are never cut short, too many and idle for 30 s or more","startSeconds":30.0'
    b',"needed":0,"foretold":"yes","peak":1,"peakInSeconds":0.0,"nextDag":"","nextAt":"2026-01-01T00:00:00+00:00","nextTasks'
    b'":1},"ECONOMY",true],"LAUNCH","DEMAND",0,1,7,0,"default","DRAIN","IDLE",1,0,0,0,"default","HOLD","JUST_IDLE",1,1,0,1,"'
    b'0 queued + 1 running need 1 worker of 5; 1 is running, idle for 0 s of the 30 s that one is kept","default","HOLD","RI'
    b'GHT_SIZED",2,2,0,10,"0 queued + 10 running need 2 workers of 5; 2 are running",{"floor":0,"ceiling":10,"concurrency":5'
    b',"starting":0,"serving":1,"draining":0,"idle":0,"startSeconds":30.0,"needed":1,"foretold":"no"},"BALANCED",false]'
)
FIRST = SNAPSHOT + LEASE + DECISIONS
