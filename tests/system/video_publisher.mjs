// A publisher to be killed: enters the room, publishes, says which stream on standard output, and sends a picture every 50 ms.
import { camera, picture, VideoClient } from './video_client.mjs';

const [, , port, room, pair] = process.argv;
const client = await VideoClient.enter({ port: Number(port), room, pair });
const { stream, resume } = (await client.publish(camera('To be killed'))).json;
process.stdout.write(`${JSON.stringify({ stream, stream_resume: resume, resume: client.me.resume })}\n`);
let sent = 0;
setInterval(() => client.frame(stream, picture(sent++)), 50);
