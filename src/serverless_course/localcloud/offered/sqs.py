"""Amazon SQS."""

from __future__ import annotations

from .offer import Offer, names

SQS = Offer(
    "sqs",
    "Amazon SQS",
    ours=names("CancelMessageMoveTask ListMessageMoveTasks StartMessageMoveTask"),
    moto=names(
        """
        AddPermission ChangeMessageVisibility ChangeMessageVisibilityBatch CreateQueue DeleteMessage
        DeleteMessageBatch DeleteQueue GetQueueAttributes GetQueueUrl ListDeadLetterSourceQueues
        ListQueueTags ListQueues PurgeQueue ReceiveMessage RemovePermission SendMessage
        SendMessageBatch SetQueueAttributes TagQueue UntagQueue
        """
    ),
)
