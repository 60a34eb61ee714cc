"""A client that is not grammers: signs in with a preset key, writes, and reads back.

Arguments: host, port, key in hex, token, a person's id. The person has written to the bot before.
"""

import asyncio
import sys

from telethon import Button, TelegramClient, events
from telethon.crypto import AuthKey
from telethon.sessions import MemorySession


async def main(host, port, key, token, person):
    session = MemorySession()
    session.set_dc(2, host, int(port))
    session.auth_key = AuthKey(bytes.fromhex(key))
    client = TelegramClient(session, 1, "hash")
    pressed = asyncio.get_running_loop().create_future()

    await client.connect()
    me = await client.sign_in(bot_token=token)
    assert me.bot and me.username == "telethon_bot", me

    @client.on(events.CallbackQuery)
    async def press(event):
        await event.answer("pressed " + event.data.decode())
        pressed.set_result(event.data)

    keyboard = [[Button.inline("Press me", b"data-1"), Button.url("Open", "https://example.org")]]
    sent = await client.send_message(int(person), "Hello from **Telethon**", buttons=keyboard)
    read = await client.get_messages(int(person), ids=sent.id)
    assert read.raw_text == "Hello from Telethon", read
    assert [b.text for row in read.buttons for b in row] == ["Press me", "Open"], read.buttons
    assert read.entities[0].length == len("Telethon"), read.entities
    edited = await client.edit_message(int(person), sent.id, "Edited", buttons=keyboard)
    assert edited.raw_text == "Edited", edited
    print("ready", flush=True)
    assert await asyncio.wait_for(pressed, 20) == b"data-1"
    await client.disconnect()
    print("done", flush=True)


asyncio.run(main(*sys.argv[1:]))
